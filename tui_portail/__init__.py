"""The desk program of a mairie's periscolaire service: commands, settings, pure rules and services.

Imports nothing, so that `import tui_portail` costs nothing. Rules are pure modules here; gestures live in
`tui_portail.services`; only `tui_portail.cli` wires everything together.
"""
