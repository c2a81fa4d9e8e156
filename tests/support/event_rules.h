#pragma once
// Every event that an account's history may have: which mail tells of it, and whom; or why none does.
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::test {

enum class ToldTo : std::uint8_t {
    every,      // each address that the account has or had until lately
    others,     // each but the one that the event is about (its detail)
    primary,    // the one address that there is yet
    sometimes,  // every address or none: `why` says when
    nobody,     // `why`
};

struct EventRule {
    std::string_view event;   // as the history keeps it
    std::string_view mail;    // "E19"
    std::string_view text;    // to each number of the account; empty: none
    std::string_view caused;  // the room whose tests bring it about
    ToldTo to = ToldTo::every;
    std::string_view why{};
    std::string_view instead{};  // the other mail that may tell of it
};
std::span<const EventRule> event_rules() noexcept;
/// nullptr: there is none.
const EventRule* rule_of(std::string_view event) noexcept;

/// A message to an account that tells of nothing that happened.
struct NoEvent {
    std::string_view message;
    std::string_view why;
};
std::span<const NoEvent> messages_without_event() noexcept;

}  // namespace sallyport::test
