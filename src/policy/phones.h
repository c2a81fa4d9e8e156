#pragma once
// Codes by mail and text as second factors of an account: when one is added. Both are weak: they sign in and
// lift no session above aal1 (level.h). Removing one only strengthens (changes.h).
#include <cstdint>

#include "policy/challenge.h"
#include "policy/level.h"

namespace sallyport::policy::phones {

struct Limits {
    std::int64_t phones_max = 2;
};

enum class Deed : std::uint8_t { add_phone, change_phone, start_mail_codes };
struct Facts {
    Deed deed = Deed::add_phone;
    bool method_taken = false;  // by the operator's table
    Level session = Level::none;
    Level account_highest = Level::none;
    bool stepped_up = false;
    std::int64_t phones = 0;  // that the account has
    bool held = false;        // this very number, or codes by mail already
};
enum class Answer : std::uint8_t {
    allowed,
    method_not_taken,
    needs_level,
    held_already,
    too_many,  // change one, or remove one
    needs_step_up,
};
/// A number is the account's when its code was right; a change of number then waits (changes.h).
Answer may(const Facts& facts, const Limits& limits) noexcept;

/// How a code comes to a number.
enum class Reach : std::uint8_t { nothing, text, text_or_call, call };
/// A landline takes calls only. A mobile number takes either, so that "call me instead" helps where texts are
/// lost; a number on the internet texts only: it is had in bulk for nothing, and a call is dearer than a
/// text. Premium and other numbers are reached by nothing. `calls_made`: by the operator's service.
Reach reach_of(challenge::NumberKind kind, bool calls_made) noexcept;

}  // namespace sallyport::policy::phones
