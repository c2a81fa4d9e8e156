#include "slices/messages/notices.h"

namespace sallyport::messages {

using render::Msg;

const std::vector<Notice>& notices_of_settings()
{
    static const std::vector<Notice> all{
        {"E13",
         Facts::closed,
         Msg::mails_e13_subject,
         Msg::mails_e13_what,
         {Msg::mails_e13_times, Msg::mails_e13_safe},
         Msg::mails_e13_if_you,
         Msg::mails_e13_if_not},
        {"E14",
         Facts::all,
         Msg::mails_e14_subject,
         Msg::mails_e14_what,
         {Msg::mails_e14_until},
         Msg::mails_e14_if_you,
         Msg::mails_e14_if_not},
        {"E20",
         Facts::time_only,
         Msg::mails_e20_subject,
         Msg::mails_e20_what,
         {Msg::mails_e20_next},
         Msg::mails_e20_if_you,
         Msg::mails_e20_if_not},
        {"E24-asked",
         Facts::all,
         Msg::mails_e24_asked_subject,
         Msg::mails_e24_asked_what,
         {Msg::mails_e22_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e22_asked_if_not},
        {"E24", Facts::time_only, Msg::mails_e24_subject, Msg::mails_e24_what, {Msg::mails_e19_hold}},
        {"E28",
         Facts::time_only,
         Msg::mails_e28_subject,
         Msg::mails_e28_what,
         {Msg::mails_e28_check},
         Msg::mails_e28_if_you,
         Msg::mails_e28_if_not},
        {"E32", Facts::all, Msg::mails_e32_subject, Msg::mails_e32_what, {}},
        {"E32-added",
         Facts::all,
         Msg::mails_e32_added_subject,
         Msg::mails_e32_added_what,
         {Msg::mails_e32_added_may}},
        {"E32-removed", Facts::all, Msg::mails_e32_removed_subject, Msg::mails_e32_removed_what, {}},
        {"E33", Facts::all, Msg::mails_e33_subject, Msg::mails_e33_what, {}},
        {"E33-asked",
         Facts::all,
         Msg::mails_e33_asked_subject,
         Msg::mails_e33_asked_what,
         {Msg::mails_e33_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e22_asked_if_not},
    };
    return all;
}

const std::vector<Notice>& notices_of_passkeys()
{
    static const std::vector<Notice> all{
        {"E12-copy",
         Facts::all,
         Msg::mails_e12_copy_subject,
         Msg::mails_e12_copy_what,
         {Msg::mails_e12_copy_do}},
        {"E21", Facts::all, Msg::mails_e21_subject, Msg::mails_e21_what, {Msg::mails_e21_young}},
        {"E22-asked",
         Facts::all,
         Msg::mails_e22_asked_subject,
         Msg::mails_e22_asked_what,
         {Msg::mails_e22_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e22_asked_if_not},
        {"E22", Facts::time_only, Msg::mails_e22_subject, Msg::mails_e22_what, {Msg::mails_e22_hold}},
    };
    return all;
}

}  // namespace sallyport::messages
