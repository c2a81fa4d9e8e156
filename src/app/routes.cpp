#include "app/routes.h"

#include "app/mail_keys.h"
#include "slices/account/endpoints.h"
#include "slices/addresses/endpoints.h"
#include "slices/codes/endpoints.h"
#include "slices/factors/endpoints.h"
#include "slices/lock/endpoints.h"
#include "slices/messages/endpoints.h"
#include "slices/passkeys/endpoints.h"
#include "slices/reset/endpoints.h"
#include "slices/session_check/endpoints.h"
#include "slices/sign_in/endpoints.h"
#include "slices/sign_up/endpoints.h"
#include "slices/site/endpoints.h"

#include <algorithm>

namespace sallyport::app {

namespace {

void add_mail_numbers(const Rooms& rooms)
{
    const MailRoom* const mail = &rooms.mail;
    rooms.metrics.add_counter("sallyport_mail_sent_total", "Mails that the relay has taken.",
                              [mail] { return static_cast<double>(mail->counts().delivered); });
    rooms.metrics.add_counter("sallyport_mail_deferred_total", "Tries after which a mail waits for the next.",
                              [mail] { return static_cast<double>(mail->counts().delayed); });
    rooms.metrics.add_counter("sallyport_mail_failed_total", "Mails given up.",
                              [mail] { return static_cast<double>(mail->counts().failed); });
    rooms.metrics.add_counter("sallyport_texts_sent_total", "Text messages that the service has taken.",
                              [mail] { return static_cast<double>(mail->text_counts().delivered); });
    rooms.metrics.add_counter("sallyport_texts_deferred_total",
                              "Tries after which a text message waits for the next.",
                              [mail] { return static_cast<double>(mail->text_counts().delayed); });
    rooms.metrics.add_counter("sallyport_texts_failed_total", "Text messages given up.",
                              [mail] { return static_cast<double>(mail->text_counts().failed); });
}

/// The operator's list, with what the rest of the configuration says already at its head.
site::Channels channels_of(const Config& config)
{
    const auto with = [](const std::string& first, std::vector<std::string> list) {
        if (std::ranges::find(list, first) == list.end()) list.insert(list.begin(), first);
        return list;
    };
    const std::string mail_domain = config.mail_from.substr(config.mail_from.find('@') + 1);
    return {config.channels_version,
            with(host_of_url(config.public_url), with(mail_domain, config.channel_domains)),
            with(config.mail_from, config.channel_senders),
            config.channel_text_senders,
            config.channel_phones,
            config.channel_handles,
            config.channel_apps};
}

}  // namespace

void add_all_routes(http::Router& router, const Rooms& rooms)
{
    account::add_routes(router, rooms.access);
    addresses::add_routes(router, rooms.access);
    codes::add_routes(router, rooms.access);
    factors::add_routes(router, rooms.access);
    lock::add_routes(router, rooms.access);
    const site::Channels channels = channels_of(rooms.config);
    messages::add_routes(router, rooms.access,
                         {channels.domains, channels.senders, channels.text_senders, channels.phones,
                          channels.handles, channels.apps},
                         known_keys(rooms.config));
    if (rooms.access.world().methods.passkey) passkeys::add_routes(router, rooms.access);
    reset::add_routes(router, rooms.access);
    session_check::add_routes(router, rooms.access, rooms.signer, rooms.config.app_prefix);
    sign_in::add_routes(router, rooms.access);
    sign_up::add_routes(router, rooms.access);
    site::add_routes(router, {rooms.access, rooms.signer, rooms.metrics, rooms.config.mail_from, channels});
    add_mail_numbers(rooms);
    messages::add_report_routes(router, rooms.access,
                                rooms.report_secret == nullptr ? Secret() : rooms.report_secret->duplicate());
    if (rooms.dev_token != nullptr)
        messages::add_dev_routes(
            router, *rooms.mail.dev_mailbox(), *rooms.mail.dev_phone(), rooms.dev_token->duplicate(),
            [&access = rooms.access](const http::Request& request) { return access.page(request); });
}

}  // namespace sallyport::app
