export type Fields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  child(fields: Fields): Logger;
}

export type Sink = (level: string, message: string, fields: Fields) => void;

export function createLogger(sink: Sink, bound: Fields = {}): Logger {
  const write =
    (level: string) =>
    (message: string, fields: Fields = {}) => {
      sink(level, message, { ...bound, ...fields });
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => createLogger(sink, { ...bound, ...fields }),
  };
}
