#pragma once
// Cross-site request forgery (architecture.md, section 2): a request that changes something must come from a
// page of ours, or from a program that no page can imitate.
#include "http/message.h"

namespace sallyport::http {

/// GET and HEAD pass. Otherwise: Sec-Fetch-Site, where present, must be same-origin; else Origin, where
/// present, must be "scheme://host" of this request; with neither only application/json passes (a form cannot
/// send it, and a script of another origin needs a preflight that we never grant). A header sent twice is
/// refused. `host`: the Host that was checked, as sent.
bool is_from_ourselves(const Request& request, std::string_view host);

}  // namespace sallyport::http
