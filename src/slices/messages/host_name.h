#pragma once
// Hosts as people and forgers write them.
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::messages {

/// The host that a browser opens for what looks like a web address: what stands before an @ is no part of it,
/// and a backslash ends it as a slash does (WHATWG URL, section 4.4). Without scheme and path the whole text.
/// `lowered`: ASCII in lower case.
std::string web_host(std::string_view lowered);

/// As DNS has it: A-labels in lower case (UTS 46, non-transitional), at least two of them, or an IPv4
/// address. nullopt for anything else.
std::optional<std::string> host_name(std::string_view text);

/// Whether its last labels are a suffix of the Public Suffix List, and one more stands before them: what is
/// written without a scheme is taken for a host only then. `host`: of host_name().
bool is_registrable(const std::string& host);
/// What somebody registered, or rented as a name of their own: "login.evil.example" is of "evil.example",
/// and "evil.pages.example" of itself where pages.example is in the list's private section. An address is of
/// itself.
std::string registered_name(const std::string& host);

}  // namespace sallyport::messages
