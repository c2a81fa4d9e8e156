#include "app/routes.h"

#include "slices/account/endpoints.h"
#include "slices/factors/endpoints.h"
#include "slices/messages/endpoints.h"
#include "slices/session_check/endpoints.h"
#include "slices/sign_in/endpoints.h"
#include "slices/sign_up/endpoints.h"
#include "slices/site/endpoints.h"

namespace sallyport::app {

void add_all_routes(http::Router& router, const Rooms& rooms)
{
    account::add_routes(router, rooms.access);
    factors::add_routes(router, rooms.access);
    session_check::add_routes(router, rooms.access, rooms.signer, rooms.config.app_prefix);
    sign_in::add_routes(router, rooms.access);
    sign_up::add_routes(router, rooms.access);
    site::add_routes(router, {rooms.access, rooms.signer, rooms.metrics, rooms.config.mail_from});
    if (rooms.dev_token != nullptr)
        messages::add_dev_routes(router, *rooms.mail.dev_mailbox(), rooms.dev_token->duplicate());
}

}  // namespace sallyport::app
