#pragma once
// A sign-in between its two factors: a sealed row, found by a cookie's secret, that opens only the
// second-factor pages.
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
    bool drift_searched = false;  // the clock was looked for once already
};

void put(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row,
         Instant now);
std::optional<HalfFinished> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                                 Instant now);
void update(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row);

}  // namespace sallyport::sign_in
