library(shiny)
ui <- fluidPage(titlePanel("Visits"), plotOutput("plot"))
server <- function(input, output) output$plot <- renderPlot(plot(1:10))
runApp(shinyApp(ui, server), port = 8000, host = "127.0.0.1", launch.browser = FALSE)
