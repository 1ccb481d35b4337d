"""Django's settings of a clinic: the server's, with the clinic's pages in place of the trial's."""

from crossblock.server.settings import *  # noqa: F403
from crossblock.server.settings import HERE

ROOT_URLCONF = "crossblock.server.clinic.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # the clinic's base.html stands before the trial's
        "DIRS": [HERE / "templates" / "clinic", HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crossblock.server.clinic.frame.frame",
            ],
            "builtins": ["crossblock.server.pages.marks", "crossblock.server.pages.words"],
        },
    }
]
