"""The demo's families: fictitious people, telephones of the range kept for fiction, addresses at exemple.fr."""
