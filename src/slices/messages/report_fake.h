#pragma once
// P12: somebody reports a fake, without signing in. It is read once for the names in it, kept sealed for
// operators, and never shown or sent to anybody else: no mail has a word of it.
#include "policy/fake_reports.h"
#include "proof/world.h"
#include "slices/messages/check_mail.h"
#include "store/keys.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::messages {

inline constexpr std::size_t picture_bytes_max = 1024UL * 1024;
inline constexpr std::size_t where_bytes_max = 300;

/// How it came.
inline constexpr std::array<std::string_view, 7> fake_channels{"mail", "text",  "call", "chat",
                                                               "page", "store", "other"};

/// What a file is by its first bytes, whatever it was called.
enum class FileKind : std::uint8_t { mail, picture, other };
FileKind kind_of_file(std::string_view bytes) noexcept;
/// "png", "jpeg" or "webp" of a picture.
std::string_view picture_type(std::string_view bytes) noexcept;

struct FakeCommand {
    std::string text;     // pasted, or a mail; at most upload_bytes_max
    std::string picture;  // at most picture_bytes_max
    std::string where;    // who or where, as typed; at most where_bytes_max
    std::string channel;  // of fake_channels
    policy::fake_reports::Given given;
    std::optional<AccountId> account;  // of who is signed in: told, and told what was found
};

struct FakeOutcome {
    std::optional<Instant> wait_until;  // the network has reported too much; nothing was kept
    bool busy = false;                  // too much is being read; nothing was kept
    std::string reference;              // "F-7K2MB-XQ4TR"
    bool signed_by_us = false;          // a whole signature by a key of ours: it may well be genuine
    policy::fake_reports::Advice advice;
};
Task<FakeOutcome> report_fake(proof::World& world, std::shared_ptr<MailChecks> checks, proof::Asker asker,
                              FakeCommand command);

/// "F-7K2MB-XQ4TR", as reporters and operators know it.
std::string shown_reference(std::string_view reference);
/// As the row has it; nullopt where it cannot be one.
std::optional<std::string> typed_reference(std::string_view typed);

/// What reporters who were signed in are owed: what people found out. How many were told.
Task<std::int64_t> tell_findings(proof::World& world);

/// What was kept, for operators. nullopt where it is not there any more, or was not sealed by us.
struct FakeContent {
    std::string where;
    std::string text;
};
std::optional<FakeContent> content_of_fake(const store::Keys& keys, std::string_view reference,
                                           BytesView sealed);

}  // namespace sallyport::messages
