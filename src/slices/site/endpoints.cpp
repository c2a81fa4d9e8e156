#include "slices/site/endpoints.h"

#include "slices/site/endpoints_parts.h"

namespace sallyport::site {

namespace {

Task<http::Response> as_task(http::Response response) { co_return response; }

}  // namespace

void add_quick(http::Router& router, http::Method method, std::string pattern, QuickPage page,
               http::Door door)
{
    http::RouteOptions options;
    options.door = door;
    options.quick = [page](const http::Request& request) -> std::optional<http::Response> {
        return page(request);
    };
    auto handler = [page = std::move(page)](const http::Request& request) { return as_task(page(request)); };
    router.add(method, std::move(pattern), std::move(handler), std::move(options));
}

void add_routes(http::Router& router, const Site& site)
{
    add_health_routes(router, site);
    add_asset_routes(router);
    add_file_routes(router, site);
    add_page_routes(router, site);
    add_trouble_routes(router, site);
}

}  // namespace sallyport::site
