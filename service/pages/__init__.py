"""HTML for people with a browser. Works without JavaScript, loads nothing from elsewhere, and decides nothing."""
