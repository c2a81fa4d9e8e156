#pragma once
// Ids are ours, made before the row is: UUIDv7 (RFC 9562 section 5.7), typed by what they name.
#include "base/bytes.h"
#include "base/time.h"

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

/// 16 bytes in RFC 9562 order.
using Uuid = std::array<std::uint8_t, 16>;

/// 48 bits of milliseconds, version 7, variant 10, and 74 bits taken from `random` (10 bytes).
Uuid make_uuid_v7(Instant now, const std::array<std::uint8_t, 10>& random) noexcept;
/// Lower case, 8-4-4-4-12.
std::string to_text(const Uuid& uuid);
std::optional<Uuid> uuid_from_text(std::string_view text);
std::optional<Uuid> uuid_from_bytes(BytesView bytes);

template <class Tag>
class Id {
public:
    explicit constexpr Id(const Uuid& value) noexcept : m_value(value) {}
    [[nodiscard]] const Uuid& value() const noexcept { return m_value; }
    [[nodiscard]] Bytes bytes() const { return {m_value.begin(), m_value.end()}; }
    [[nodiscard]] std::string text() const { return to_text(m_value); }
    static std::optional<Id> parse(std::string_view text)
    {
        const auto uuid = uuid_from_text(text);
        return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
    }
    static std::optional<Id> from_bytes(BytesView bytes)
    {
        const auto uuid = uuid_from_bytes(bytes);
        return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
    }
    friend constexpr auto operator<=>(const Id&, const Id&) = default;

private:
    Uuid m_value;
};

using AccountId = Id<struct AccountTag>;
using SessionId = Id<struct SessionTag>;
using FactorId = Id<struct FactorTag>;
using KitId = Id<struct KitTag>;
using ChannelId = Id<struct ChannelTag>;
using SignUpId = Id<struct SignUpTag>;
using OutboxId = Id<struct OutboxTag>;
using EventId = Id<struct EventTag>;
using StepUpId = Id<struct StepUpTag>;
using BrowserId = Id<struct BrowserTag>;
using HoldId = Id<struct HoldTag>;
using ChangeId = Id<struct ChangeTag>;

}  // namespace sallyport
