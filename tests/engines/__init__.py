"""The declared queries on other engines, compared cell by cell with the database."""
