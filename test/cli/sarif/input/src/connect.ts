export interface Connection {
  close(): Promise<void>;
}

export declare function connect(url: string, options: { retries: number }): Promise<Connection>;
