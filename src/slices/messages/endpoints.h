#pragma once
// The pages and addresses of the development mailbox; `sallyport dev` alone adds them.
#include "base/secret.h"
#include "http/router.h"
#include "slices/messages/dev_mailbox.h"

namespace sallyport::messages {

/// GET /dev/messages: JSON, newest first, each {number, to, subject, text, html, headers: {name: value},
/// raw}. Every route wants the token, as ?token= or "Authorization: Bearer"; without it 401. `mailbox`
/// outlives the router; `token` is not empty (CHECK).
void add_dev_routes(http::Router& router, const DevMailbox& mailbox, Secret token);

}  // namespace sallyport::messages
