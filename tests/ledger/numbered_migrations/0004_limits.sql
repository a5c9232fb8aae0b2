-- Hash of the limits that held when one of them refused the extract; empty where none did.
ALTER TABLE conformed ADD COLUMN limits TEXT NOT NULL DEFAULT '';
