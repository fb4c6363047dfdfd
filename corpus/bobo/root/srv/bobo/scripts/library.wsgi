import bobo

application = bobo.Application(bobo_resources="catalogue")
