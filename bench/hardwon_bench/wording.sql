-- name: make_postings
CREATE TABLE IF NOT EXISTS posting (
    organisation_id uuid NOT NULL, term int NOT NULL, lesson_id uuid NOT NULL, weight real NOT NULL,
    PRIMARY KEY (organisation_id, term, lesson_id));
TRUNCATE posting;
GRANT SELECT ON posting TO hardwon_app

-- name: fill_postings
-- The same words, a row a word of a lesson, each with its BM25 weight at the usual length.
INSERT INTO posting
SELECT words.organisation_id, word.term, words.lesson_id, word.count * 2.2 / (word.count + 1.2 * (0.25 + 0.75 * words.length / 40))
FROM lesson_words AS words CROSS JOIN LATERAL unnest(words.terms, words.counts) AS word (term, count)
WHERE words.lesson_id = ANY(%(lesson_ids)s) OR %(all)s

-- name: best_postings
SELECT posting.lesson_id FROM posting
JOIN unnest(%(terms)s::int[], %(weights)s::real[]) AS asked (term, weight) ON asked.term = posting.term
WHERE posting.organisation_id = %(organisation_id)s
GROUP BY posting.lesson_id ORDER BY sum(posting.weight * asked.weight) DESC LIMIT %(limit)s
