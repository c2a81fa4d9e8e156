#pragma once
// The parts of this room's routes; endpoints.cpp adds them all.
#include "slices/site/endpoints.h"

namespace sallyport::site {

void add_health_routes(http::Router& router, const Site& site);
void add_asset_routes(http::Router& router);
void add_file_routes(http::Router& router, const Site& site);
void add_page_routes(http::Router& router, const Site& site);
void add_trouble_routes(http::Router& router, const Site& site);

/// A route that needs no database: it is answered on the event loop.
using QuickPage = std::function<http::Response(const http::Request&)>;
void add_quick(http::Router& router, http::Method method, std::string pattern, QuickPage page,
               http::Door door = http::Door::public_door);

}  // namespace sallyport::site
