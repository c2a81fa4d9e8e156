#pragma once
// What falls together counts once (policy.md, invariant 8). Everything that proves a person is kept
// somewhere: on paper, on the phone, in a cloud account, in one piece of hardware. Two things kept at one
// place are one root, and strength is counted in roots.
#include <cstdint>
#include <span>

namespace sallyport::policy::roots {

/// A cloud whose owner is not known: it may be any of them, and counts as the same as every cloud.
inline constexpr std::int64_t unknown_provider = 0;

/// Every place where a thing is kept: who takes one of the places has the thing.
struct Kept {
    bool paper = false;
    bool phone = false;
    bool cloud = false;
    std::int64_t provider = unknown_provider;  // of the cloud
    std::int64_t hardware = 0;                 // the number of one piece of hardware; 0: none
    friend bool operator==(const Kept&, const Kept&) = default;
};

/// An app is on the phone, and its secret may be backed up in a cloud that nobody told us; printed in the kit
/// it is on paper too.
Kept app(bool secret_printed) noexcept;
/// Texts and calls.
Kept phone_number() noexcept;
Kept mailbox(std::int64_t provider) noexcept;
/// A backup-eligible passkey, at the provider that its AAGUID names.
Kept synced_passkey(std::int64_t provider) noexcept;
/// A passkey or a key that cannot be copied: `number` tells one piece of hardware from another, never 0.
Kept hardware(std::int64_t number);
Kept kit() noexcept;

bool fall_together(const Kept& a, const Kept& b) noexcept;
/// `one` falls with none of `others`.
bool stands_apart(const Kept& one, std::span<const Kept> others) noexcept;
/// How many roots they are: what falls together by way of a third counts once, too.
std::int64_t count_roots(std::span<const Kept> all);
/// How many roots approve an exit. The passkeys of every cloud are on the phone that is unlocked, so two of
/// them are one root here, though a person who loses one cloud keeps the other.
std::int64_t count_approving_roots(std::span<const Kept> all);

}  // namespace sallyport::policy::roots
