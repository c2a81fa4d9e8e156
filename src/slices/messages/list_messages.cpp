#include "slices/messages/list_messages.h"

#include <charconv>

namespace sallyport::messages {

std::string text_of(const store::MessagePlace& place)
{
    return std::to_string(to_unix_ms(place.created_at)) + "-" + place.id.text();
}

std::optional<store::MessagePlace> place_of(std::string_view text)
{
    constexpr std::int64_t latest = 253'402'300'800'000;  // the year 10000
    std::int64_t at = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
    if (error != std::errc() || at < 0 || at > latest || end == text.data() + text.size() || *end != '-')
        return std::nullopt;
    const auto id = OutboxId::parse(std::string_view(end + 1, text.data() + text.size()));
    return id ? std::optional(store::MessagePlace{from_unix_ms(at), *id}) : std::nullopt;
}

Task<MessagePage> list_messages(proof::World& world, AccountId account,
                                std::optional<store::MessagePlace> after)
{
    const Instant since = policy::message_checks::forgotten_until(world.clock.now(), {});
    auto work = [&world, account, after, since](db::Tx& tx) {
        return store::messages_of(tx, world.keys, account, after, messages_a_page + 1, since);
    };
    MessagePage page;
    auto messages = co_await world.database.transact(std::move(work));
    page.messages = std::move(messages);
    // One more than is shown says that there is another page.
    if (page.messages.size() > static_cast<std::size_t>(messages_a_page)) {
        page.messages.pop_back();
        page.next = store::MessagePlace{page.messages.back().created_at, page.messages.back().id};
    }
    co_return page;
}

}  // namespace sallyport::messages
