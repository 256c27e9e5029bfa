"""What jobs of the studio as a whole made, on their pages."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html_join

from jobs.admin.made import shows_made


@shows_made("cleaned")
def cleaned(sentences: Sequence[str]) -> str:
    return format_html_join("", "<div>{}</div>", ([sentence] for sentence in sentences))
