-- Whatever stood here was made by older code and is not worth keeping: who was rebuilding begins again.
DROP SCHEMA IF EXISTS rebuilding CASCADE;
CREATE SCHEMA rebuilding;
CREATE TABLE rebuilding.project (LIKE project INCLUDING ALL);
CREATE TABLE rebuilding.lesson (LIKE lesson INCLUDING ALL);
CREATE TABLE rebuilding.discussion_point (LIKE discussion_point INCLUDING ALL);
CREATE TABLE rebuilding.recommendation (LIKE recommendation INCLUDING ALL);
CREATE TABLE rebuilding.recurrence (LIKE recurrence INCLUDING ALL);
CREATE TABLE rebuilding.learning (LIKE learning INCLUDING ALL);
CREATE TABLE rebuilding.member (LIKE member INCLUDING ALL);
CREATE TABLE rebuilding.retrospective (LIKE retrospective INCLUDING ALL);
GRANT USAGE ON SCHEMA rebuilding TO hardwon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rebuilding TO hardwon_app;
DELETE FROM checkpoint WHERE follower LIKE '%@rebuilding';
