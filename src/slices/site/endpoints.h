#pragma once
// Routes of the pages around the front door, and of what machines ask: health, metrics, assets, keys.
#include "access/visitor.h"
#include "crypto/jws.h"
#include "http/metrics.h"
#include "http/router.h"
#include "slices/site/official_channels.h"

#include <string>

namespace sallyport::site {

/// What these routes are made of. What is referred to outlives the router.
struct Site {
    const access::Access& access;
    const crypto::JwsSigner& signer;
    http::Metrics& metrics;
    std::string sender;  // the address that our mail comes from
    Channels channels;
};

void add_routes(http::Router& router, const Site& site);

}  // namespace sallyport::site
