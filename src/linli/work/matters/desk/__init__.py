"""The pages of the desk: list, intake, record, actions, affairs, posters, clocks."""
