#pragma once
// C6: a host, sender, handle or number that somebody met, looked up in the operator's list of official
// channels (the one that /.well-known/official-channels publishes). Only what stands in the list is ours:
// what only looks like it is not, and is said to.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

/// Each as people meet it: "exchange.example", "accounts@exchange.example", "Exchange", "+351211234567",
/// "@exchange on x.example", "Exchange, com.example.exchange".
struct OfficialNames {
    std::vector<std::string> domains, senders, text_senders, phones, handles, apps;
};

inline constexpr std::size_t typed_name_bytes_max = 300;

struct NameAnswer {
    std::vector<std::string> ours;       // entries that it is, as the list has them; empty: not in the list
    std::optional<std::string> closest;  // of what is not ours: the entry that it resembles most
    bool looks_the_same = false;         // other letters, and a reader sees that entry
    bool hidden = false;                 // it has characters that nobody sees
};

/// `typed`: a host or web address, a mail address, a phone number with + or 00, a handle, the sender of a
/// text, an app. nullopt where nothing was typed, or more than typed_name_bytes_max. Case and spaces around
/// it do not matter; a web address counts by the host that a browser would open.
std::optional<NameAnswer> look_up(const OfficialNames& names, std::string_view typed);

}  // namespace sallyport::messages
