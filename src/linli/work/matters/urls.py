"""Addresses of the matters room: the desk's and the residents'."""

from . import desk_urls, resident_urls

app_name = "matters"
urlpatterns = [*desk_urls.urlpatterns, *resident_urls.urlpatterns]
