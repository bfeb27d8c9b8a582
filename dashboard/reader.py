"""Who reads the pages: nobody in particular, or a person who signed in, as Streamlit knows them."""

from __future__ import annotations

import time

import streamlit as st

from dashboard import access, cards


def is_let_in() -> bool:
    """Whether the pages may be shown; if not, the way to sign in, or why not, is drawn in their place."""
    rules = access.rules_in_force()
    if rules is None:
        return True
    if not st.user.get("is_logged_in"):
        _door("Sign in to see these pages", "They are for people of this organisation.")
        return False
    told = access.refusal(st.user.to_dict(), rules, time.time())
    if told is not None:
        _door("You cannot see these pages yet", told)
        return False
    return True


def may_see_restricted() -> bool:
    """Whether the reader sees restricted documents: everybody where nobody signs in, else by their groups."""
    rules = access.rules_in_force()
    return rules is None or access.may_see_restricted(st.user.to_dict(), rules)


def draw_sign_out() -> None:
    """Who is signed in, and the way out; nothing where nobody signs in."""
    if access.rules_in_force() is None:
        return
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="reader"
    ):
        st.html(cards.paragraph(f"Signed in as {st.user.get('email')}", "pm-badge"), width="content")
        st.button("Sign out", type="tertiary", on_click=st.logout)


def _door(title: str, lead: str) -> None:
    st.html(
        f'<div class="pm-welcome"><h1 class="pm-company">{cards.text(title)}</h1>'
        f'<p class="pm-lead">{cards.text(lead)}</p></div>'
    )
    with st.container(key="welcome"):
        st.button("Sign in", on_click=st.login)
