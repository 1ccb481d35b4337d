# Draws four uneven crossovers and fits them with lme4, lmerTest, pbkrtest and nlme.
# Rscript make.R   writes data.csv and expected.csv beside itself.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(nlme)})
set.seed(20261121)
out <- NULL; data <- NULL
add <- function(id, model, quantity, value)
  out <<- rbind(out, data.frame(set = id, model = model, quantity = quantity,
                                value = formatC(as.numeric(value), digits = 12, format = "g")))
spread <- list(c(4, 2, 3), c(0.2, 2, 3), c(4, 0.2, 3), c(2, 2, 2))
mixed <- list(
  nested = y ~ treatment * visit + period + (1 | participant) + (1 | participant:period),
  slope = y ~ treatment + period + day + (day | participant),
  crossed = y ~ treatment + period + visit + (1 | participant) + (1 | rater),
  treatment = y ~ treatment + period + visit + (1 + treatment | participant))
for (id in 1:4) {
  n <- c(14, 16, 18, 20)[id]; s <- spread[[id]]
  d <- expand.grid(day = c(1, 3, 7), period = 1:2, participant = sprintf("P%02d", 1:n))
  who <- as.integer(d$participant)
  d$treatment <- ifelse((who + d$period) %% 2 == 0, "A", "B")
  d$rater <- sample(paste0("R", 1:4), nrow(d), replace = TRUE)
  d$y <- rnorm(n, 0, s[1])[who] + rnorm(2 * n, 0, s[2])[2 * who + d$period - 2] +
    rnorm(nrow(d), 0, s[3]) * sqrt(0.5 + d$day / 5) + 3 * (d$treatment == "B") +
    rnorm(n, 0, 0.5)[who] * d$day
  d$y <- round(d$y, 4)
  d <- d[runif(nrow(d)) > 0.1, ]
  d$visit <- factor(d$day); d$period <- factor(d$period); d$set <- id
  d$cell <- as.integer(factor(paste(d$period, d$visit)))
  d <- d[order(d$participant, d$cell), ]
  data <- rbind(data, d)
  for (name in names(mixed)) {
    m <- suppressWarnings(suppressMessages(lmer(mixed[[name]], d,
      control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10)))))
    L <- as.numeric(names(fixef(m)) == "treatmentB")
    rows <- grep(if (name == "nested") ":" else "treatment|period", names(fixef(m)))
    LL <- diag(length(fixef(m)))[rows, , drop = FALSE]
    sat <- contest1D(m, L); kr <- contest1D(m, L, ddf = "Kenward-Roger")
    satF <- contestMD(m, LL); krF <- contestMD(m, LL, ddf = "Kenward-Roger")
    values <- list(deviance = REMLcrit(m), singular = isSingular(m), estimate = sat$Estimate,
      `satterthwaite se` = sat[["Std. Error"]], `satterthwaite df` = sat$df,
      `kr se` = kr[["Std. Error"]], `kr df` = kr$df, `satterthwaite F` = satF[["F value"]],
      `satterthwaite F df` = satF$DenDF, `kr F` = krF[["F value"]], `kr F df` = krF$DenDF)
    for (q in names(values)) add(id, name, q, values[[q]])
  }
  marginal <- list(un = list(corSymm(form = ~ cell | participant), varIdent(form = ~ 1 | cell)),
    csh = list(corCompSymm(form = ~ cell | participant), varIdent(form = ~ 1 | cell)),
    ar1 = list(corAR1(form = ~ cell | participant), NULL),
    arh1 = list(corAR1(form = ~ cell | participant), varIdent(form = ~ 1 | cell)))
  for (name in names(marginal)) for (method in c("REML", "ML")) {
    g <- try(gls(y ~ treatment + period + visit, d, correlation = marginal[[name]][[1]],
      weights = marginal[[name]][[2]], method = method, control = glsControl(maxIter = 500,
      msMaxIter = 500, tolerance = 1e-10, msTol = 1e-12)), silent = TRUE)
    if (inherits(g, "try-error")) next
    model <- paste(name, method)
    add(id, model, "deviance", -2 * as.numeric(logLik(g)))
    add(id, model, "estimate", coef(g)[["treatmentB"]])
  }
  l <- try(lme(y ~ treatment + period + visit, random = ~ 1 | participant, d,
    correlation = corAR1(form = ~ cell | participant),
    control = lmeControl(msTol = 1e-12, tolerance = 1e-10, maxIter = 500, msMaxIter = 500)),
    silent = TRUE)
  if (inherits(l, "try-error")) next
  add(id, "participant + ar1", "deviance", -2 * as.numeric(logLik(l)))
  add(id, "participant + ar1", "estimate", fixef(l)[["treatmentB"]])
}

write.csv(data[c("set", "participant", "treatment", "period", "day", "rater", "y")], "data.csv",
          row.names = FALSE, quote = FALSE)
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
