#pragma once
// Every room's routes, in one place.
#include "access/visitor.h"
#include "app/config.h"
#include "app/mail_room.h"
#include "crypto/jws.h"
#include "http/metrics.h"
#include "http/router.h"

namespace sallyport::app {

struct Rooms {
    const Config& config;
    const access::Access& access;
    const crypto::JwsSigner& signer;
    http::Metrics& metrics;
    MailRoom& mail;
    const Secret* dev_token;                // null in production: no /dev/ pages
    const Secret* report_secret = nullptr;  // of the webhook for bounces; null: it is for nobody
};

void add_all_routes(http::Router& router, const Rooms& rooms);

}  // namespace sallyport::app
