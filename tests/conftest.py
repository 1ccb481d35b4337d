"""What holds for the whole suite."""

import os

# A browser driven in the same process leaves an event loop running in its thread, and the web
# framework would then refuse every database call of the tests that come after.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
