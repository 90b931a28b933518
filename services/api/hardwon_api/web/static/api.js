// The page about the API. Without null the document's address would be told to a validator elsewhere.
"use strict";
const api = document.getElementById("api");
SwaggerUIBundle({ domNode: api, url: api.dataset.document, deepLinking: true, validatorUrl: null });
