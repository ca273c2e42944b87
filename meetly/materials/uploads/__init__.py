"""Documents that arrive in pieces over weak lines, until they become a document or are refused."""
