"""Addresses of the matters room: the desk's and the residents'."""

from .desk import urls as desk_urls
from .resident import urls as resident_urls

app_name = "matters"
urlpatterns = [*desk_urls.urlpatterns, *resident_urls.urlpatterns]
