#pragma once
// "Keep it": from a session the owner stops a change that waits. Once in 30 days the session's own word is
// enough; after that a step-up is asked for, and what is shown there decides (policy/changes.h). One shape
// for the pages of passkeys, numbers, the password and the address.
//
//   POST {page}/keep           stopped: {page}?done=kept · else the step-up, or `late`
//   POST {page}/keep/confirm   the same, by the step-up
#include "access/routes.h"
#include "access/step_up.h"
#include "policy/changes.h"

namespace sallyport::access {

struct Keep {
    policy::changes::Kind kind;
    std::string_view purpose;  // of the step-up: "keep_password"
    std::string_view page;     // its path, where the button is
    render::Msg headline;
    /// What is kept, and what would have come in its place.
    std::vector<std::pair<std::string, std::string>> (*facts)(const render::Page&,
                                                              const store::PendingChange&);
    /// The page, which says that it is too late.
    Task<http::Response> (*late)(const Access&, http::Request, SignedIn);
};
/// All three outlive the routes.
void add_keep(http::Router& router, const Access& access, const Keep& keep);

}  // namespace sallyport::access
