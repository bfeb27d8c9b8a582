"""What an author can mend in a postmortem: for `postmortems lint`, with settings or without.

`paths` finds the documents, `lint` says what there is to say of each, `rules` names every rule, `end_states`
holds those of its own, and `outputs` writes the result. Nothing here knows a database, so that checking one
file starts quickly.
"""
