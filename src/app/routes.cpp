#include "app/routes.h"

namespace sallyport::app {

void add_all_routes(http::Router& router, const Rooms& rooms)
{
    static_cast<void>(router);
    static_cast<void>(rooms);
}

}  // namespace sallyport::app
