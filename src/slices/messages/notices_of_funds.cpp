#include "slices/messages/notices.h"

namespace sallyport::messages {

using render::Msg;

const std::vector<Notice>& notices_of_funds()
{
    static const std::vector<Notice> all{
        {"E34",
         Facts::listed,
         Msg::mails_e34_subject,
         Msg::mails_e34_what,
         {Msg::mails_e34_until},
         Msg::mails_e34_if_you,
         Msg::mails_e34_if_not},
        {"E35",
         Facts::time_only,
         Msg::mails_e35_subject,
         Msg::mails_e35_what,
         {Msg::mails_e35_why},
         Msg::mails_e35_if_you,
         Msg::mails_e35_if_not},
        {"E35-early", Facts::all, Msg::mails_e35_early_subject, Msg::mails_e35_early_what, {}},
        {"E35-over",
         Facts::time_only,
         Msg::mails_e35_over_subject,
         Msg::mails_e35_over_what,
         {},
         Msg::mails_e35_over_if_you,
         Msg::mails_e35_over_if_not},
        {"E36-added",
         Facts::listed,
         Msg::mails_e36_added_subject,
         Msg::mails_e36_added_what,
         {Msg::mails_e36_added_until, Msg::mails_stop_how},
         Msg::mails_if_you,
         Msg::mails_e22_asked_if_not},
        {"E36-active",
         Facts::listed_only,
         Msg::mails_e36_active_subject,
         Msg::mails_e36_active_what,
         {},
         Msg::mails_e36_active_if_you,
         Msg::mails_e36_active_if_not},
        {"E36-removed", Facts::listed, Msg::mails_e36_removed_subject, Msg::mails_e36_removed_what, {}},
    };
    return all;
}

const std::vector<Notice>& notices_of_protection()
{
    static const std::vector<Notice> all{
        {"E37-raised", Facts::all, Msg::mails_e37_raised_subject, Msg::mails_e37_raised_what, {}},
        {"E37-asked",
         Facts::all,
         Msg::mails_e37_asked_subject,
         Msg::mails_e37_asked_what,
         {Msg::mails_e37_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e22_asked_if_not},
        {"E37-lowered", Facts::time_only, Msg::mails_e37_lowered_subject, Msg::mails_e37_lowered_what, {}},
        {"E38-on", Facts::all, Msg::mails_e38_on_subject, Msg::mails_e38_on_what, {Msg::mails_e38_on_days}},
        {"E38-asked",
         Facts::all,
         Msg::mails_e38_asked_subject,
         Msg::mails_e38_asked_what,
         {Msg::mails_e38_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e22_asked_if_not},
        {"E38-off", Facts::time_only, Msg::mails_e38_off_subject, Msg::mails_e38_off_what, {}},
        {"E39-key-added",
         Facts::listed,
         Msg::mails_e39_key_added_subject,
         Msg::mails_e39_key_added_what,
         {},
         Msg::mails_if_you,
         Msg::mails_e39_key_added_if_not},
        {"E39-key-removed",
         Facts::listed,
         Msg::mails_e39_key_removed_subject,
         Msg::mails_e39_key_removed_what,
         {}},
        {"E39-app-added",
         Facts::listed,
         Msg::mails_e39_app_added_subject,
         Msg::mails_e39_app_added_what,
         {},
         Msg::mails_if_you,
         Msg::mails_e39_app_added_if_not},
        {"E39-app-removed",
         Facts::listed,
         Msg::mails_e39_app_removed_subject,
         Msg::mails_e39_app_removed_what,
         {}},
    };
    return all;
}

}  // namespace sallyport::messages
