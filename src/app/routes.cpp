#include "app/routes.h"

#include "slices/sign_in/endpoints.h"

namespace sallyport::app {

void add_all_routes(http::Router& router, const Rooms& rooms)
{
    sign_in::add_routes(router, rooms.access);
}

}  // namespace sallyport::app
