"""The table of directives, one file per nginx module; `config.modules` puts them together."""
