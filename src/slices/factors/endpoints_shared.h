#pragma once
// What the addresses of the app and those of the kit have in common.
#include "access/refuse.h"
#include "access/routes.h"
#include "access/visitor.h"
#include "http/router.h"
#include "policy/factors.h"
#include "proof/holder.h"
#include "render/message.h"

#include <string_view>

namespace sallyport::factors {

inline constexpr unsigned status_unprocessable = 422;
inline constexpr unsigned status_forbidden = 403;
inline constexpr unsigned status_conflict = 409;
inline constexpr unsigned status_gone = 410;
inline constexpr unsigned status_busy = 503;

/// A refusal in words, as a stable code and as a status; not for `allowed`.
render::Msg words_of(policy::factors::AddVerdict verdict);
std::string_view code_of(policy::factors::AddVerdict verdict);
unsigned status_of(policy::factors::AddVerdict verdict);

/// What was under way has ended: programs get 410 set_up_over, people the first page, which says so (R2).
http::Response over(const http::Request& request, std::string_view start_path);

inline constexpr std::string_view app_path = "/account/app";
/// The page of the apps with what is in the way at its top.
Task<http::Response> refuse_app(const access::Access& access, http::Request request, access::SignedIn who,
                                access::Said said);

void add_removal_routes(http::Router& router, const access::Access& access);
void add_app_routes(http::Router& router, const access::Access& access);
void add_kit_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::factors
