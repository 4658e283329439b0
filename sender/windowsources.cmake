# The sender's window: what it does, without widgets, and what it shows.
add_library(shmpix_sendsession STATIC sendsession.cpp sendsession.h)
target_link_libraries(shmpix_sendsession PUBLIC shmpix_send PRIVATE shmpix_options)

add_library(shmpix_sendwindow STATIC
  recentfiles.cpp recentfiles.h
  senderwindow.cpp senderwindow.h)
target_link_libraries(shmpix_sendwindow PUBLIC shmpix_sendsession shmpix_ui PRIVATE shmpix_options)
