#pragma once
// The second factors of an account, as the chooser offers them (P2f). A new method needs a line in
// held_methods, and one in page_of (endpoints_choose.cpp).
#include "policy/profile.h"
#include "proof/world.h"
#include "store/credentials.h"

#include <vector>

namespace sallyport::sign_in {

/// What stands beside the password, by what it proves.
policy::Methods held_methods(const store::CredentialSet& credentials);

struct Choice {
    policy::Method method;
    std::int64_t left;       // recovery codes not used yet
    bool used_here = false;  // last, on this device
};
/// In the order of profile::chooser; what one page asks for stands there once, where its first method does.
std::vector<Choice> choices_of(const proof::World& world, const store::CredentialSet& credentials,
                               policy::Methods used_here);

/// Passkeys and keys: one page asks for any of them, and the browser knows which there are.
bool is_key(policy::Method method) noexcept;

}  // namespace sallyport::sign_in
