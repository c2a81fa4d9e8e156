#pragma once
// Codes by mail and text message (policy/challenge.h): sent, tried and taken, the same way for a sign-in, a
// step-up and a new number. A code belongs to one account, purpose, channel and browser; sending it again
// never resets its tries; it is taken once, in the transaction of the deed. A text message is paid for out of
// four budgets before it is owed (against pumping).
#include "policy/challenge.h"
#include "policy/phones.h"
#include "proof/world.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::proof {

/// Where a code belongs.
struct CodePlace {
    AccountId account;
    store::TokenHash browser;  // of the half-finished sign-in, or of the session
    policy::challenge::Purpose purpose;
    policy::challenge::Channel channel;  // email or text
};

/// Of a step-up: what its message says that it approves, as the page shows it (ux.md, R20).
struct Approves {
    std::string headline;
    std::vector<std::pair<std::string, std::string>> facts;  // label, value; a text has no room for them
    Instant until{};                                         // the step-up's own end
};

/// Where it goes: an address, or a number in E.164.
struct CodeTarget {
    std::string to;
    bool proven = false;  // the account's own already
    /// Of a new address: where another account has it, that one hears of it, and no code is sent.
    bool may_tell_holder = false;
    Approves approves{};
    bool call = false;  // "call me instead": where the number takes calls
};

enum class SendAnswer : std::uint8_t {
    sent,
    wait,  // a code was sent a moment ago, or too often today: at `next_at`
    premium,
    landline,     // reached by a call only, and nobody calls here
    unreachable,  // no number that takes texts
    not_served,   // a region that the operator does not serve
    busy,         // a budget that is shared is used up: another method, or at `next_at`
};
struct SendOutcome {
    SendAnswer answer = SendAnswer::wait;
    Instant next_at{};
};
/// How codes come to this number, as it is stored.
policy::phones::Reach reach_of(const World& world, const std::string& e164);

/// Sends the first code, or a new one in the place of the last; a landline is called.
Task<SendOutcome> send_code(World& world, Asker asker, CodePlace place, CodeTarget target);

/// Whether a text could be sent to this number now, without sending one: for the form that asks for it.
Task<SendOutcome> may_text(World& world, Asker asker, CodeTarget target);

/// The newest code of a place, as a page needs it.
struct OpenCode {
    std::string to;
    policy::challenge::Challenge challenge;
    bool called = false;  // it was spoken in a call
};
/// nullopt where none was sent, or its time is over.
Task<std::optional<OpenCode>> find_code(World& world, CodePlace place);
/// The same in a transaction of the caller's.
std::optional<OpenCode> read_code(db::Tx& tx, const World& world, const CodePlace& place, Instant now);

enum class CodeAnswer : std::uint8_t {
    right,  // take it in the transaction of the deed
    wrong,
    malformed,  // no code could look like this: not charged
    over,       // too old, used, without tries, or none was sent
};
struct CodeTry {
    CodeAnswer answer = CodeAnswer::over;
    std::int64_t tries_left = 0;
    std::string digits;  // for take_code()
    std::string to;      // where the code went
};
/// Charges the code's own try, then compares. The account's budget is the caller's to charge (tries.h).
Task<CodeTry> try_code(World& world, CodePlace place, std::string typed);

/// Uses it up; false for the loser of a race, or where a newer code was sent meanwhile.
bool take_code(db::Tx& tx, const World& world, const CodePlace& place, std::string_view digits, Instant now);

}  // namespace sallyport::proof
