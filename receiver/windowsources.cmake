# The receiver's window: what it does, without widgets, and what it shows.
add_library(shmpix_receivesession STATIC receivesession.cpp receivesession.h)
target_link_libraries(shmpix_receivesession PUBLIC shmpix_receive PRIVATE shmpix_options)

add_library(shmpix_receivewindow STATIC
  factspanel.cpp factspanel.h
  receiverwindow.cpp receiverwindow.h)
target_link_libraries(shmpix_receivewindow PUBLIC shmpix_receivesession shmpix_ui PRIVATE shmpix_options)
