#pragma once
// A sign-in between its two factors: a sealed row, found by a cookie's secret, that opens only the
// second-factor pages.
#include "policy/sign_in.h"
#include "proof/tokens.h"
#include "proof/world.h"
#include "store/credentials.h"

#include <optional>
#include <string>

namespace sallyport::sign_in {

struct HalfFinished {
    AccountId account;
    Instant begun;
    std::string then;             // where to go on after signing in
    bool trust_answered = false;  // the browser's own key has answered: once a sign-in (trusted_browser.h)
};

void put(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row,
         Instant now);
std::optional<HalfFinished> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                                 Instant now);

void update(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row);

/// Both factors ask for it.
policy::sign_in::AccountState state_of(const store::CredentialSet& credentials);

}  // namespace sallyport::sign_in
