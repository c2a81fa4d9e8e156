#pragma once
// Addresses of people who are signed in.
#include "access/visitor.h"
#include "proof/holder.h"

#include <string>

namespace sallyport::access {

using SignedInEndpoint = Task<http::Response> (*)(const Access&, http::Request, SignedIn);
/// `router` and `access` outlive the route.
void add_signed_in(http::Router& router, const Access& access, http::Method method, std::string path,
                   SignedInEndpoint endpoint);

/// Who acts, as use cases need to know it.
proof::Holder holder_of(const SignedIn& who);

/// The address of a button of the public pages, opened by itself: it leads to the page that has the button.
void lead(http::Router& router, std::string from, std::string to);
/// The address that a form is posted to, opened by itself (a reload, a second tab, a bookmark): it leads to
/// the page that has the form, and is no error (ux.md R3). Without a session it leads to the sign-in.
void lead_back(http::Router& router, const Access& access, std::string from, std::string to);

}  // namespace sallyport::access
