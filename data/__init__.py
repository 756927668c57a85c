"""What a commune edits: TOML files read by `tui_portail.commune_files`, with the example of Clapiers and its fictitious prices.

They only fill an empty database; from then on the database is the only truth. This package holds no code and imports nothing.
"""
