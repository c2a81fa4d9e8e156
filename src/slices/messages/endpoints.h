#pragma once
// P11 and A15 for everybody; and the pages and addresses of the development mailbox, which `sallyport dev`
// alone adds.
#include "access/visitor.h"
#include "base/secret.h"
#include "http/router.h"
#include "render/page.h"
#include "slices/messages/dev_mailbox.h"
#include "slices/messages/dev_phone.h"
#include "slices/messages/dkim_verify.h"
#include "slices/messages/official_names.h"

#include <functional>

namespace sallyport::messages {

/// GET and POST /verify, /verify/mail and /report, POST /verify/name, GET /account/messages. `access`
/// outlives the router. `keys`: those that sign our mail, or signed it before.
void add_routes(http::Router& router, const access::Access& access, const OfficialNames& names,
                DkimKeys keys);

/// POST /mail/reports on the private listener: reports on mails (take_report.h), for whoever shows `secret`
/// as "Authorization: Bearer"; an empty one: for nobody. `access` outlives the router.
void add_report_routes(http::Router& router, const access::Access& access, Secret secret);

/// What a page knows of its surroundings for one request (access::Access::page).
using PageOf = std::function<render::Page(const http::Request&)>;

/// GET /dev/messages: JSON, newest first, each {number, to, subject, text, html, headers: {name: value},
/// raw}. GET /dev/mailbox: the same as a page · /dev/mailbox/{number}: one mail · /dev/mailbox/{number}/html:
/// its HTML part alone, in a sandbox of its own origin without scripts. GET /dev/texts: JSON of the phone,
/// newest first, each {number, id, to, text, language}; /dev/phone: the same as a page. Every route wants the
/// token, as
/// ?token= or "Authorization: Bearer"; without it 401, for people with a page that asks for it. `mailbox`
/// and `phone` outlive the router; `token` is not empty (CHECK).
void add_dev_routes(http::Router& router, const DevMailbox& mailbox, const DevPhone& phone, Secret token,
                    PageOf page_of);

}  // namespace sallyport::messages
