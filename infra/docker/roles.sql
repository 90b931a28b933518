-- PostgreSQL's image runs this once, as its superuser, on an empty volume: the owner of the schema, the role of the services, and the database.
-- The services never hear of the owner's password, and neither role is a superuser.
\set owner_password `cat /run/secrets/owner.password`
\set app_password `cat /run/secrets/app.password`
CREATE ROLE hardwon_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE hardwon_app LOGIN PASSWORD :'app_password';
CREATE DATABASE hardwon OWNER hardwon_owner;
\connect hardwon
-- Here, because only a superuser may add it.
CREATE EXTENSION vector;
