#pragma once
// A number that the page shows and a person types. It stands neither in a message nor in the form as it
// comes, so a scanner that posts the forms it finds does nothing. It needs no script and no cookie, and tells
// people from programs no better than that: the lock code is what proves.
#include "proof/world.h"

#include <string>
#include <string_view>

namespace sallyport::lock {

inline constexpr Duration step_life = std::chrono::hours{1};

struct HumanStep {
    std::string token;   // a field of the form
    std::string number;  // four digits
};
HumanStep fresh_step(const proof::World& world);
/// `typed` as the person wrote it. Good until its hour is over, also after a wrong code.
bool is_done(const proof::World& world, std::string_view token, std::string_view typed);

}  // namespace sallyport::lock
